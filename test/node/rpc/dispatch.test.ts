import { expect } from "chai";
import fc from "fast-check";
import { SolventError } from "../../../protocol/errors";
import { Dispatcher, RpcError } from "../../../node/rpc";

const bugs: unknown[] = [];
let pieces = 0;
const dispatcher = new Dispatcher(
  {
    echo: (params) => params.values,
    nothing: () => undefined,
    later: async (params) => params.number(0) + 1,
    refuse: () => {
      throw new RpcError(-32000, "nonce too low", { need: 1 });
    },
    operation: () => {
      throw new SolventError("l1-unavailable", "L1 does not answer: check its URL");
    },
    slow: () => {
      for (const until = performance.now() + 30; performance.now() < until;);
    },
    sliced: async (_params, _connection, work) => {
      for (let i = 0; i < 200; i++) {
        for (const until = performance.now() + 5; performance.now() < until;);
        pieces++;
        await work.breathe();
      }
    },
    bug: () => {
      throw new Error("secret detail");
    },
  },
  (_method, error) => bugs.push(error),
  { batchCalls: 5, batchBytes: 1000, answerBytes: 5_000, workMs: 400 },
);

async function ask(body: unknown): Promise<unknown> {
  const text = await dispatcher.handle(typeof body === "string" ? body : JSON.stringify(body));
  return text === null ? null : JSON.parse(text);
}
const call = (method: unknown, params?: unknown, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params });

describe("rpc: dispatcher", () => {
  it("answers a call with its result and id", async () => {
    expect(await ask(call("echo", [1, "a"], "x"))).to.deep.equal({ jsonrpc: "2.0", id: "x", result: [1, "a"] });
    expect(await ask(call("later", ["0x10"]))).to.have.property("result", 17);
  });

  it("shows an absent result as null", async () => {
    expect(await ask(call("nothing"))).to.deep.equal({ jsonrpc: "2.0", id: 1, result: null });
  });

  const refusals: [string, unknown, number][] = [
    ["text that is no JSON", "{", -32700],
    ["an empty body", "", -32700],
    ["a number", 3, -32600],
    ["null", null, -32600],
    ["an empty batch", [], -32600],
    ["a missing method", { jsonrpc: "2.0", id: 1 }, -32600],
    ["another version", { jsonrpc: "1.0", id: 1, method: "echo" }, -32600],
    ["an unknown method", call("eth_mystery"), -32601],
    ["a method of Object.prototype", call("constructor"), -32601],
    ["named parameters", call("echo", { a: 1 }), -32602],
    ["a missing parameter", call("later", []), -32602],
    ["a batch that is too long", Array.from({ length: 6 }, () => call("echo")), -32005],
  ];
  for (const [what, body, code] of refusals)
    it(`refuses ${what} with ${code}`, async () => {
      expect(await ask(body)).to.have.nested.property("error.code", code);
    });

  it("passes a caller's error on with its data", async () => {
    const error = { code: -32000, message: "nonce too low", data: { need: 1 } };
    expect(await ask(call("refuse"))).to.deep.equal({ jsonrpc: "2.0", id: 1, error });
  });

  it("names the code of an operational failure", async () => {
    expect(await ask(call("operation"))).to.have.nested.property("error.data.code", "l1-unavailable");
  });

  it("hides the details of a bug and reports it", async () => {
    bugs.length = 0;
    const answer = JSON.stringify(await ask(call("bug")));
    expect(answer).to.contain("-32603").and.not.contain("secret");
    expect(bugs).to.have.length(1);
  });

  it("answers a batch in order and leaves notifications out", async () => {
    const answer = await ask([call("echo", [1]), { jsonrpc: "2.0", method: "echo" }, call("eth_no", [], 2), 7]);
    expect(answer).to.have.length(3);
    expect((answer as { id: unknown }[]).map(({ id }) => id)).to.deep.equal([1, 2, null]);
  });

  it("sends nothing for a notification, not even its error", async () => {
    expect(await ask({ jsonrpc: "2.0", method: "refuse" })).to.equal(null);
    expect(await ask([{ jsonrpc: "2.0", method: "echo" }])).to.equal(null);
  });

  it("lets others have their turn during a long batch", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await ask(Array.from({ length: 5 }, () => call("slow")));
    clearInterval(timer);
    expect(turns).to.be.greaterThan(2);
  });

  it("stops a batch whose answers grow too long", async () => {
    const answer = (await ask(Array.from({ length: 5 }, () => call("echo", ["x".repeat(600)])))) as object[];
    expect(answer.filter((entry) => "error" in entry)).to.have.length(3);
  });

  const digits = [
    ...["9007199254740993", "9007199254740992", "18446744073709551616", "-9007199254740993", "1700000000123456789"],
    ...["0", "1.0", "-0", "1e3", "1E400", "0.1000000000000000055"],
  ];
  for (const id of digits)
    it(`R7 answers id ${id} with the same digits, also where it fails and in a batch`, async () => {
      const answers = [
        [`{"jsonrpc":"2.0","id":${id},"method":"echo"}`, `{"jsonrpc":"2.0","id":${id},"result":[]}`],
        [`{"method":"echo","params":["{\\"id\\":5}",{"id":7}], "id" : ${id} }`, undefined],
        [`{"id":3,"method":"eth_no","id":${id}}`, undefined],
      ] as const;
      for (const [text, expected] of answers) {
        const answer = (await dispatcher.handle(text))!;
        expect(answer).to.match(new RegExp(`^\\{"jsonrpc":"2.0","id":${id.replace(/[.+]/g, "\\$&")},"`));
        if (expected !== undefined) expect(answer).to.equal(expected);
      }
      const batch = (await dispatcher.handle(
        `[{"id":"${id}","method":"echo"},7,{"id":${id},"method":"echo"},{"id":[${id}],"method":"eth_no"}]`,
      ))!;
      expect(batch.match(/"id":[^,]+/g)).to.deep.equal([`"id":"${id}"`, '"id":null', `"id":${id}`, '"id":null']);
    });

  it("R7 tells neighbours beyond 2^53 apart", async () => {
    const text = `[{"id":9007199254740993,"method":"echo"},{"id":9007199254740992,"method":"echo"}]`;
    const ids = (await dispatcher.handle(text))!.match(/"id":\d+/g);
    expect(ids).to.deep.equal(['"id":9007199254740993', '"id":9007199254740992']);
  });

  it("N6 refuses an answer that is too long, and one that no string can hold", async () => {
    expect(await ask(call("echo", ["x".repeat(6_000)]))).to.have.nested.property("error.code", -32005);
    const huge = new Dispatcher({ huge: () => Array.from({ length: 1_100 }, () => "x".repeat(500_000)) });
    expect(JSON.parse((await huge.handle('{"id":1,"method":"huge"}'))!)).to.have.nested.property("error.code", -32005);
  });

  it("N11 stops a batch whose client has gone, and what is sliced in the middle", async () => {
    for (const body of [Array.from({ length: 5 }, () => call("sliced")), call("sliced")]) {
      pieces = 0;
      const gone = new AbortController();
      setTimeout(() => gone.abort(), 30);
      expect(await dispatcher.handle(JSON.stringify(body), null, gone.signal)).to.equal(null);
      expect(pieces).to.be.below(40);
    }
  });

  it("N11 ends a request that takes too long, and answers each of its calls", async () => {
    pieces = 0;
    const answers = (await ask(Array.from({ length: 5 }, () => call("sliced")))) as { error?: { code: number } }[];
    expect(answers.map(({ error }) => error?.code)).to.deep.equal([-32005, -32005, -32005, -32005, -32005]);
    expect(pieces).to.be.below(200);
  });

  it("answers anything at all with well-formed JSON-RPC", async () => {
    const word = fc.constantFrom("jsonrpc", "id", "method", "params", "2.0", "echo", "later", "bug", "0x1", "latest");
    const json = fc.jsonValue({ maxDepth: 3 });
    const body = fc.oneof(
      json,
      fc.dictionary(word, fc.oneof(word, json)),
      fc.array(fc.dictionary(word, fc.oneof(word, json))),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const text = await dispatcher.handle(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
        if (text === null) return;
        const parsed: unknown = JSON.parse(text);
        for (const entry of Array.isArray(parsed) ? parsed : [parsed]) {
          expect(entry).to.have.property("jsonrpc", "2.0");
          expect(entry).to.have.property("id");
          expect("result" in entry !== "error" in entry).to.equal(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
