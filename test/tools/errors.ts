import { writeFileSync } from "node:fs";
import { ERROR_PAGE, errorPage } from "../support/errorCodes";

/** `npx tsx test/tools/errors.ts`: writes docs/errors.md. */
writeFileSync(ERROR_PAGE, errorPage());
