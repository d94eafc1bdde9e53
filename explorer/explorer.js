// The explorer: reads JSON-RPC and nothing else, twice a second.

const REFRESH_MS = 500;
const ROWS = 10;

const config = await (await fetch("config.json")).json();
let nextId = 1;

/** One JSON-RPC call to the verifier; throws the node's own words. */
async function call(method, ...params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: nextId++, method, params });
  const { result, error } = await (await fetch(config.rpc, { method: "POST", body })).json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

const short = (hash) => `${hash.slice(0, 10)}…${hash.slice(-4)}`;
const hex = (number) => `0x${number.toString(16)}`;

/** An amount in units of 10^18, exactly. */
function units(value) {
  const amount = BigInt(value);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(19, "0");
  const rest = digits.slice(-18).replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -18)}${rest && "."}${rest}`;
}

/** Fills a table; everything is text, so nothing that a chain says is ever read as HTML. */
function table(id, head, rows) {
  const line = (cells, tag) => {
    const tr = document.createElement("tr");
    for (const cell of cells) {
      const td = document.createElement(tag);
      const { text, className } = typeof cell === "object" ? cell : { text: cell };
      td.textContent = text;
      if (className) td.className = className;
      tr.append(td);
    }
    return tr;
  };
  document.getElementById(id).replaceChildren(line(head, "th"), ...rows.map((cells) => line(cells, "td")));
}

async function showBlocks(status) {
  const { unsafe, safe, finalized } = status;
  const numbers = Array.from({ length: ROWS }, (_, i) => unsafe.number - i).filter((number) => number >= 0);
  const blocks = (await Promise.all(numbers.map((number) => call("eth_getBlockByNumber", hex(number), true)))).filter(
    Boolean,
  );
  const headOf = (number) => (number <= finalized.number ? "finalized" : number <= safe.number ? "safe" : "unsafe");
  table(
    "blocks",
    ["number", "hash", "transactions", "gas", "head"],
    blocks.map(({ number, hash, transactions, gasUsed }) => {
      return [
        Number(number),
        short(hash),
        transactions.length,
        Number(gasUsed).toLocaleString(),
        headOf(Number(number)),
      ];
    }),
  );
  const transactions = blocks.flatMap((block) => block.transactions).slice(0, ROWS);
  table(
    "transactions",
    ["block", "hash", "from", "to", "ether"],
    transactions.map(({ blockNumber, hash, from, to, value }) => {
      return [Number(blockNumber), short(hash), short(from), to ? short(to) : "creation", units(value)];
    }),
  );
}

async function showBatches({ batchCount }) {
  const indices = Array.from({ length: ROWS }, (_, i) => batchCount - 1 - i).filter((index) => index >= 0);
  const batches = await Promise.all(indices.map((index) => call("rollup_getBatch", hex(index))));
  table(
    "batches",
    ["index", "bytes", "L2 blocks", "messages", "L1 block", ""],
    batches.filter(Boolean).map(({ index, sizeBytes, firstBlock, lastBlock, delayedCount, l1Number, forced }) => {
      return [
        index,
        sizeBytes,
        `${firstBlock ?? "?"} to ${lastBlock ?? "?"}`,
        delayedCount,
        l1Number,
        forced ? "forced" : "",
      ];
    }),
  );
}

async function showAssertions() {
  const assertions = await call("rollup_getAssertions", hex(ROWS));
  table(
    "assertions",
    ["index", "after L2 block", "output root", "staker", "age", "status"],
    assertions.map(
      ({ index, l2BlockNumber, outputRoot, staker, timer, challengePeriod, status, isRivalled, onChain }) => {
        const age = timer >= challengePeriod ? "done" : `${timer} of ${challengePeriod} s`;
        const text = [status, isRivalled ? "rivalled" : "", onChain ? "" : "not this chain"].filter(Boolean).join(", ");
        return [index, l2BlockNumber, short(outputRoot), short(staker), age, { text, className: status }];
      },
    ),
  );
}

/** Draws contested places only: what nobody disputes is no part of the quarrel. */
async function showDisputes() {
  const edges = await call("rollup_getEdges");
  const byPlace = new Map();
  for (const edge of edges) {
    const { level, origin, height, index } = edge;
    const key = `${level}/${origin}/${height}/${index}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), edge]);
  }
  const below = new Map();
  for (const edge of edges)
    if (edge.level > 0 && BigInt(edge.claim) !== 0n) below.set(edge.claim, [...(below.get(edge.claim) ?? []), edge]);
  const units = ["block", "stretch", "step"];
  const draw = (place) => {
    const item = document.createElement("li");
    const { level, origin, height, index } = place[0];
    const label = document.createElement("code");
    const first = index * 2 ** height;
    const range = height === 0 ? `${units[level]} ${first}` : `${units[level]} ${first} to ${first + 2 ** height - 1}`;
    label.textContent = `level ${level}, ${range}: `;
    item.append(label);
    for (const edge of place) {
      const span = document.createElement("code");
      span.className = `${edge.status} ${edge.isRivalled ? "rivalled" : ""}`;
      const by = BigInt(edge.staker) === 0n ? "" : ` by ${short(edge.staker)}`;
      span.textContent = `${short(edge.root)} ${edge.status}${by}   `;
      item.append(span);
    }
    const children = document.createElement("ul");
    for (const half of [0, 1]) {
      const child = byPlace.get(`${level}/${origin}/${height - 1}/${2 * index + half}`);
      if (child?.some(({ isRivalled }) => isRivalled)) children.append(draw(child));
    }
    if (height === 0) {
      const roots = place.flatMap(({ id }) => below.get(id) ?? []);
      if (roots.length > 0)
        children.append(draw(byPlace.get(`${roots[0].level}/${roots[0].origin}/${roots[0].height}/0`)));
    }
    if (children.childElementCount > 0) item.append(children);
    return item;
  };
  const quarrels = [...byPlace.values()].filter(
    (place) => place[0].level === 0 && place.length > 1 && BigInt(place[0].staker) !== 0n,
  );
  const list = document.createElement("ul");
  list.append(...quarrels.reverse().map(draw));
  if (quarrels.length === 0) list.textContent = "none";
  document.getElementById("disputes").replaceChildren(list);
}

async function showBooks() {
  const { assets, alerts } = await call("rollup_getAudit");
  const rows = assets.map(({ asset, escrow, supply, withdrawalsUnderWay, depositsUnderWay, surplus }) => {
    return [asset, ...[escrow, supply, withdrawalsUnderWay, depositsUnderWay, surplus].map(units)];
  });
  const warnings = alerts.map(({ text }) => [{ text, className: "slashed" }]);
  const head = ["asset", "escrow on L1", "supply on L2", "withdrawals under way", "deposits under way", "surplus"];
  table("books", head, [...rows, ...warnings]);
}

async function refresh() {
  const heads = document.getElementById("heads");
  try {
    const status = await call("rollup_syncStatus");
    const { unsafe, safe, finalized, l1Head, unhealthy } = status;
    const l1 = l1Head === null ? "?" : l1Head.number;
    heads.textContent = `L2 latest ${unsafe.number}, safe ${safe.number}, finalized ${finalized.number}; L1 ${l1}${unhealthy ? `; ${unhealthy}` : ""}`;
    await Promise.all([showBlocks(status), showBatches(status), showAssertions(), showDisputes(), showBooks()]);
  } catch (error) {
    heads.textContent = String(error.message ?? error);
  }
  setTimeout(refresh, REFRESH_MS);
}

void refresh();
