/** Small modules, byte by byte: so that a test knows where in the module a construct stands. All parts are below 128 bytes. */
export type Part = readonly number[];

const text = (value: string): Part => [value.length, ...Buffer.from(value)];
const vector = (items: readonly Part[]): Part => [items.length, ...items.flat()];

export const I32 = 0x7f;
export const I64 = 0x7e;

export const section = (id: number, content: Part): Part => [id, content.length, ...content];
export const types = (...list: [params: Part, results: Part][]): Part =>
  section(1, vector(list.map(([params, results]) => [0x60, params.length, ...params, results.length, ...results])));
export const importFunction = (from: string, name: string, type: number): Part =>
  section(2, vector([[...text(from), ...text(name), 0, type]]));
export const functions = (...typeIndices: number[]): Part => section(3, vector(typeIndices.map((index) => [index])));
export const memory = (pages: number): Part => section(5, vector([[0, pages]]));
export const exportFunction = (name: string, index: number): Part => section(7, vector([[...text(name), 0, index]]));
/** Bodies without locals; `end` is added. */
export const code = (...bodies: Part[]): Part =>
  section(10, vector(bodies.map((body) => [body.length + 2, 0, ...body, 0x0b])));

/** A module of these sections. */
export const wasmModule = (...sections: Part[]): Uint8Array =>
  Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);

/** A module that exports `run` with that body. */
export const runModule = (body: Part, ...beforeCode: Part[]): Uint8Array =>
  wasmModule(types([[], []]), functions(0), ...beforeCode, exportFunction("run", 0), code(body));
