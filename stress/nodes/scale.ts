/** How large the proof of many nodes is: `pnpm stress nodes` and `pnpm test` run the same code with other numbers. */

export interface NodesScale {
  /** Gateway processes. */
  readonly nodes: number
  /** Requests a second, on all nodes together. */
  readonly rate: number
  /** Changes of roles, keys and services. */
  readonly changes: number
  /** Milliseconds from one change to the next, at least. */
  readonly between: number
  /** Milliseconds from one kill to the next, at least; a node that is not back yet makes it longer. */
  readonly kills: number
  /** Calls that a limit lets pass. */
  readonly limit: number
  /** Milliseconds that a decision may be old. */
  readonly age: number
}

/** A loaded machine may take its time: what is decided is that nodes follow at all. The long form holds the rule. */
export const SHORT_NODES: NodesScale = {
  nodes: 2,
  rate: 20,
  changes: 8,
  between: 400,
  kills: 2_000,
  limit: 20,
  age: 20_000,
}

/** `GW_NODES_RATE`, `GW_NODES_CHANGES`, `GW_NODES_BETWEEN` and `GW_NODES_LIMIT` make it shorter or longer. */
export const LONG_NODES: NodesScale = {
  nodes: 3,
  rate: Number(process.env.GW_NODES_RATE ?? 200),
  changes: Number(process.env.GW_NODES_CHANGES ?? 100),
  between: Number(process.env.GW_NODES_BETWEEN ?? 1_000),
  kills: 5_000,
  limit: Number(process.env.GW_NODES_LIMIT ?? 400),
  age: 2_000,
}
