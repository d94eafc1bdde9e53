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

const short = (hash) => `${hash.slice(0, 8)}…${hash.slice(-4)}`;
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
    ["index", "L2 block", "output root", "staker", "age", "status"],
    assertions.map(
      ({ index, l2BlockNumber, outputRoot, staker, timer, challengePeriod, status, isRivalled, onChain }) => {
        const age = timer >= challengePeriod ? "done" : `${timer}/${challengePeriod} s`;
        const text = [status, isRivalled ? "rivalled" : "", onChain ? "" : "not our chain"].filter(Boolean).join(", ");
        return [index, l2BlockNumber, short(outputRoot), short(staker), age, { text, className: status }];
      },
    ),
  );
}

/** What the leaves of each level stand for. */
const LEAVES = ["block", "stretch", "step"];

/** Lists by key, in the order of the values. */
function group(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

const placeKey = ({ level, origin, height, index }) => `${level}/${origin}/${height}/${index}`;

function placeName({ level, height, index }) {
  const first = index * 2 ** height;
  return `${LEAVES[level]} ${first}${height === 0 ? "" : ` to ${first + 2 ** height - 1}`}`;
}

/** Draws contested places only: what nobody disputes is no part of the quarrel. */
async function showDisputes() {
  const edges = await call("rollup_getEdges");
  const places = group(edges, placeKey);
  const opened = group(
    edges.filter(({ level }) => level > 0),
    ({ claim }) => claim,
  );

  /** The places of a quarrel from the top down; deeper by one where it splits, and at each level. */
  const walk = (place, depth, rows = []) => {
    const { level, origin, height, index } = place[0];
    rows.push({ place, depth });
    const halves = [0, 1].map((half) =>
      places.get(placeKey({ level, origin, height: height - 1, index: 2 * index + half })),
    );
    const below = [
      ...group(
        place.flatMap(({ id }) => opened.get(id) ?? []),
        placeKey,
      ).keys(),
    ].map((key) => places.get(key));
    const next = height === 0 ? below : halves.filter((half) => half?.some(({ isRivalled }) => isRivalled));
    for (const child of next) walk(child, depth + (height === 0 || next.length > 1 ? 1 : 0), rows);
    return rows;
  };
  const quarrels = [...places.values()].filter(
    (place) => place[0].level === 0 && place.length > 1 && BigInt(place[0].staker) !== 0n,
  );
  const drawn = quarrels.reverse().map((place) => drawQuarrel(walk(place, 0)));
  document.getElementById("disputes").replaceChildren(...(drawn.length > 0 ? drawn : ["none"]));
}

/** A table: a row for each contested place, a column for each side with the root that it claims there. */
function drawQuarrel(rows) {
  const sides = [...new Set(rows.flatMap(({ place }) => place.flatMap((edge) => edge.sides)))];
  const fragment = document.createDocumentFragment();
  const summary = document.createElement("p");
  summary.textContent = summarize(rows);
  const drawn = document.createElement("table");
  const line = (tag, cells) => {
    const tr = document.createElement("tr");
    for (const { text, className = "", indent = 0 } of cells) {
      const cell = document.createElement(tag);
      cell.textContent = text;
      cell.className = className;
      cell.style.paddingLeft = `${indent}rem`;
      tr.append(cell);
    }
    drawn.append(tr);
  };
  line("th", [{ text: "contested" }, ...sides.map((side) => ({ text: short(side) }))]);
  for (const { place, depth } of rows) {
    const claims = sides.map((side) => {
      const own = place.filter((edge) => edge.sides.includes(side));
      const texts = own.map(({ root, status }) => `${short(root)}${status === "open" ? "" : ` ${status}`}`);
      return { text: texts.join(", "), className: own.find(({ status }) => status !== "open")?.status };
    });
    line("td", [
      { text: placeName(place[0]), indent: depth, className: place[0].height === 0 ? "leaf" : "" },
      ...claims,
    ]);
  }
  fragment.append(summary, drawn);
  return fragment;
}

/** Where the quarrel stands, in a sentence. */
function summarize(rows) {
  const proven = rows.find(({ place }) => place.some(({ level, status }) => level === 2 && status === "proven"));
  const path = rows.filter(({ place }) => place[0].height === 0).map(({ place }) => placeName(place[0]));
  if (proven !== undefined) {
    const { sides } = proven.place.find(({ status }) => status === "proven");
    return `L1 executed one instruction (${path.join(", ")}) and found for ${sides.map(short).join(", ")}.`;
  }
  const last = rows.at(-1).place[0];
  return `Narrowed down to ${[...path, ...(last.height === 0 ? [] : [placeName(last)])].join(", ")}.`;
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
