import { Column } from "typeorm";

/** An instant in whole milliseconds, the precision of a JavaScript date, so that cursors and history agree exactly. */
export function InstantColumn(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Column({ type: "timestamptz", precision: 3, ...options });
}
