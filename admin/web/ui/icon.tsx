const paths = {
  close: 'M4 4l8 8M12 4l-8 8',
  menu: 'M2 4.5h12M2 8h12M2 11.5h12',
  more: 'M6 3.5L10.5 8 6 12.5',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  out: 'M6 3.5H3.5v9h9V10M9 3.5h3.5V7M12.2 3.8L7.5 8.5',
  up: 'M5.5 13.5V7L8.5 2c1.2.2 1.6 1 1.4 2l-.4 2.2h3.2c.8 0 1.2.6 1.1 1.3l-.7 4.6c-.1.8-.7 1.4-1.5 1.4H5.500M2.500 7h3v6.500h-3z',
  sun: 'M8 5.200a2.800 2.800 0 1 0 0 5.600a2.800 2.800 0 1 0 0-5.600M8 1.500v1.400M8 13.100v1.400M1.500 8h1.400M13.100 8h1.400M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1',
  moon: 'M13.200 9.700A5.700 5.700 0 0 1 6.300 2.800a5.700 5.700 0 1 0 6.900 6.900z',
  half: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 2v12',
} as const;

/** A line drawing of 16 by 16, hidden from screen readers: what it means stands beside it or on its button. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
