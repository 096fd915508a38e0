const UNITS: Readonly<Record<string, number>> = { 百: 2, 千: 3, 万: 4, 萬: 4, 亿: 8, 億: 8 };

/** Full-width digits and signs as the narrow ones. */
const narrow = (text: string): string =>
  text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/。/g, ".");

/**
 * The decimal that an amount written with digits is: "1,234.5 元", "１２００", "1.2万". Undefined for one in
 * Chinese numerals, which the server reads.
 */
export function readAmount(text: string): string | undefined {
  const bare = narrow(text).replace(/[\s,，¥￥]|CNY|RMB|人民[币幣]|yuan|元|[块塊]/gi, "");
  const found = /^(-?\d+)(?:\.(\d+))?([百千万萬亿億]?)$/.exec(bare);
  if (!found) return undefined;
  const [, whole = "", fraction = "", unit = ""] = found;
  const places = UNITS[unit] ?? 0;
  // By moving the point, because binary fractions would lose fen.
  const digits = whole + fraction.slice(0, places).padEnd(places, "0");
  const rest = fraction.slice(places);
  const clean = digits.replace(/^(-?)0+(?=\d)/, "$1");
  return rest ? `${clean}.${rest}` : clean;
}

/** 1234567.5 as 1,234,567.5 */
export function grouped(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

/** A date or month as it is typed (2026/11/5, 2026年11月, 20261105) in ISO; as it is when it is neither. */
export function readDay(text: string, type: "date" | "month"): string {
  const typed = narrow(text).trim();
  const [, year, month, day] =
    /^(\d{4})\D?(\d{1,2})(?:\D?(\d{1,2}))?\D?$/.exec(typed.replace(/\s/g, "")) ?? [];
  if (!year || !month || (type === "date" && !day)) return typed;
  const parts = type === "date" ? [year, month, day ?? ""] : [year, month];
  return parts.map((part) => part.padStart(2, "0")).join("-");
}
