import { RecordsError } from "../../errors.ts";

/** The job was ended by its signal; what was read is in the state file, if there is one. */
export class InterruptedError extends RecordsError {
  override readonly name = "InterruptedError";
}
