/** Bytes for people, in the units in which disks and downloads are sold: "0.8 MB", "42 MB", "16.5 GB", "631 GB". */
export function bytesText(bytes: number): string {
  const [value, unit, fine] = bytes >= 1e9 ? ([bytes / 1e9, 'GB', 100] as const) : ([bytes / 1e6, 'MB', 10] as const);
  return `${value < fine ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
