// Values as people type them and as cells show them: the same rules as milepost/formats, held equal by a test.
// A value is a number in the unit of its goal: tickets, seconds, percent. Empty is null, what cannot be read is NaN.

const MINUTE = 60n;
const HOUR = 3600n;
const LONGEST = 40;
const SCALE = 10n ** BigInt(LONGEST);
// In seconds, some thirty thousand years: beyond it a number is a slip of the hand.
const ENDLESS = 10n ** 12n * SCALE;
// Below this many seconds a duration is told and rounded to the second.
const SHORT = 600;

const GROUPED = /^[1-9]\d{0,2}(?:([ ,.'’])\d{3})(?:\1\d{3})*$/;
const DECIMAL = /^(?:\d+(?:[.,]\d+)?|[.,]\d+)$/;
const THOUSANDS = "[1-9]\\d{0,2}(?:[ ,]\\d{3})+";
const AMOUNT = `${THOUSANDS}|\\d+(?:[.,]\\d+)?|[.,]\\d+`;
const CLOCK = /^(?<hours>\d+):(?<minutes>[0-5]\d)(?::(?<seconds>[0-5]\d))?$/;
const HOURS_AND_MINUTES = new RegExp(`^(?<hours>${THOUSANDS}|\\d+) ?(?:h|godz\\.?|g) ?(?<minutes>[0-5]?\\d)$`);
const UNITS = new RegExp(
  `^(?:(?<hours>${AMOUNT}) ?(?:hours?|hrs?|h|godziny?|godzin|godz\\.?|g)(?= |\\d|$))?` +
    ` ?(?:(?<minutes>${AMOUNT}) ?(?:minutes?|mins?|minuty|minuta|minut|min\\.?|m)(?= |\\d|$))?` +
    ` ?(?:(?<seconds>${AMOUNT}) ?(?:seconds?|secs?|sekundy?|sekund|sek\\.?|s))?$`,
);
const BARE = new RegExp(`^(?:${AMOUNT})$`);

/**
 * What was typed for a value of this unit; a bare duration is in units of `bare` seconds.
 * @param {string} text
 * @param {string} unit
 * @param {number} bare
 */
export function parse(text, unit, bare = 60) {
  const typed = plain(text);
  if (typed === "" && text.trim() === "") return null;
  if (unit === "duration") return duration(typed, bare);
  return unit === "share" ? percentage(typed) : count(typed);
}

/**
 * A value as a cell shows it, with the marks of the reader's language.
 * @param {number | null} value
 * @param {string} unit
 * @param {{decimal: string, group: string, grouped_from: number}} marks
 */
export function show(value, unit, marks) {
  if (value === null) return "";
  if (unit === "duration") return shownDuration(value, marks);
  return unit === "share" ? `${shownNumber(value, marks)}%` : shownNumber(value, marks);
}

/**
 * A value for a spreadsheet: h:mm, or a number without marks between thousands.
 * @param {number | null} value
 * @param {string} unit
 * @param {{decimal: string}} marks
 */
export function exported(value, unit, marks) {
  if (value === null || Number.isNaN(value)) return "";
  if (unit !== "duration") return String(value).replace(".", marks.decimal) + (unit === "share" ? "%" : "");
  const [hours, minutes, seconds] = split(value);
  return [hours, two(minutes), ...(seconds ? [two(seconds)] : [])].join(":");
}

/**
 * A calculated value, rounded as its unit is judged: whole tickets, minutes (seconds below ten), tenths of a percent.
 * @param {number} value
 * @param {string} unit
 */
export function rounded(value, unit) {
  const step = { duration: value < SHORT ? 1 : 60, share: 0.1 }[unit] ?? 1;
  return step < 1 ? Math.round(value / step) / Math.round(1 / step) : Math.round(value / step) * step;
}

function plain(text) {
  const typed = text.toLowerCase().trim().split(/\s+/).join(" ");
  return typed.length <= LONGEST ? typed : "";
}

function count(typed) {
  const digits = GROUPED.test(typed) ? typed.replace(/\D/g, "") : typed;
  return /^\d+$/.test(digits) ? Number(digits) : NaN;
}

function percentage(typed) {
  const number = typed.replace(/%$/, "").trim();
  return DECIMAL.test(number) ? Number(number.replace(",", ".")) : NaN;
}

function duration(typed, bare) {
  const found = typed.match(CLOCK) ?? typed.match(HOURS_AND_MINUTES) ?? typed.match(UNITS);
  const { hours, minutes, seconds } = found?.groups ?? {};
  if (hours ?? minutes ?? seconds) return whole(scaled(hours) * HOUR + scaled(minutes) * MINUTE + scaled(seconds));
  return BARE.test(typed) ? whole(scaled(typed) * BigInt(bare)) : NaN;
}

/** Exactly the number typed, times the scale: a half of a second is a half, not nearly one. */
function scaled(typed = "") {
  const number = new RegExp(`^${THOUSANDS}$`).test(typed) ? typed.replace(/[ ,]/g, "") : typed.replace(",", ".");
  const [units, fraction = ""] = number.split(".");
  return BigInt((units || "0") + fraction.padEnd(LONGEST, "0"));
}

/** To the second; of what is longer than any duration, nothing. */
function whole(seconds) {
  if (seconds >= ENDLESS) return NaN;
  return Number((2n * seconds + SCALE) / (2n * SCALE));
}

function shownDuration(value, marks) {
  const [hours, minutes, seconds] = split(value);
  if (hours && minutes && !seconds) return [shownNumber(hours, marks), "h", two(minutes)].join("\u00a0");
  const parts = [];
  if (hours) parts.push(shownNumber(hours, marks), "h");
  if (minutes || (hours && seconds)) parts.push(hours ? two(minutes) : minutes, "min");
  if (seconds) parts.push(hours || minutes ? two(seconds) : seconds, "s");
  return parts.length ? parts.join("\u00a0") : "0\u00a0min";
}

function shownNumber(value, marks) {
  const [units, fraction] = String(value).split(".");
  const grouped = units.length < marks.grouped_from ? units : units.replace(/\B(?=(\d{3})+$)/g, marks.group);
  return fraction ? grouped + marks.decimal + fraction : grouped;
}

function split(value) {
  return [Math.floor(value / 3600), Math.floor((value % 3600) / 60), value % 60];
}

function two(number) {
  return String(number).padStart(2, "0");
}
