/** Comma-separated values as spreadsheets in Chinese Windows open them: UTF-8 with a byte order mark. */

export type Cell = string | number | null;

export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return "\uFEFF" + [header, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** Text that a spreadsheet would take for a formula is kept text by a leading apostrophe. */
function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
