export { ColumnsError, fromColumns } from "./decode";
export { toColumns } from "./encode";
export { COLUMNS_MARK } from "./layout";
