/** Numbers as panels show them. */

const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const exact = new Intl.NumberFormat('en');

/** `1.2M`: for a narrow column; the exact number belongs into its tooltip. */
export function short(value: number): string {
  return value < 1000 ? String(Math.round(value)) : compact.format(value);
}

/** `1,234,567` */
export function full(value: number): string {
  return exact.format(value);
}

/** Per second, or nothing when nothing happens. */
export function rate(value: number): string {
  if (value <= 0) return '';
  return value < 10 ? `${value.toFixed(1)}/s` : `${short(value)}/s`;
}
