/** Settings of the planner: dotted keys and text values, in the order of the file. */
export type Properties = ReadonlyMap<string, string>
