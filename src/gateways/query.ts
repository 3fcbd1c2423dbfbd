/** Runs a statement by itself, outside all transactions of ours: the tables stand for another system. */
export type Query = <R>(text: string, values: readonly unknown[]) => Promise<R[]>;
