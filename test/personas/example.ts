/** A persona file without mistakes, for tests to break. */
export function personaYaml(name = 'Tester'): string {
  return `name: ${name}
description: For tests.
profile: Tester is a test.
examples:
  - user: one
    reply: One.
  - user: two
    reply: Two.
  - user: three
    reply: Three.
  - user: four
    reply: Four.
greeting: Hello.
lines:
  error: Oops.
  busy: [Wait., Queue.]
  empty: Nothing.
  refused: No.
`;
}
