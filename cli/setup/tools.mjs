import { existsSync } from 'node:fs';
import { step } from './progress.mjs';
import { has, run } from './run.mjs';

/** What is needed beside Node: how to see whether it is there, and what Debian, Fedora and macOS call it. */
const tools = {
  compiler: {
    programs: ['c++', 'g++', 'clang++'],
    what: 'a C++ compiler',
    apt: 'g++',
    dnf: 'gcc-c++',
    brew: undefined,
  },
  cmake: { programs: ['cmake'], what: 'CMake', apt: 'cmake', dnf: 'cmake', brew: 'cmake' },
  make: { programs: ['ninja', 'make', 'gmake'], what: 'make or ninja', apt: 'make', dnf: 'make', brew: 'make' },
  'redis-server': {
    programs: ['redis-server'],
    what: 'redis-server',
    apt: 'redis-server',
    dnf: 'redis',
    brew: 'redis',
  },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    what: 'Chromium',
    apt: 'chromium',
    dnf: 'chromium',
    brew: 'chromium',
  },
};

/**
 * Makes sure that tools are there. As root on Debian or Ubuntu it installs what is missing; else it says exactly what to install.
 * @param {(keyof typeof tools)[]} names
 */
export async function requireTools(names) {
  const missing = names.map((name) => tools[name]).filter(({ programs }) => !programs.some(has));
  if (missing.length === 0) return;
  const apt = missing.map((tool) => tool.apt);
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await step(`Installing ${apt.join(', ')}`, async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      await run('apt-get', ['update', '-qq'], { env });
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...apt], { env });
    });
    if (missing.every(({ programs }) => programs.some(has))) return;
  }
  const lines = missing.map(({ what }) => what);
  throw new Error(
    `${lines.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing. Install ${missing.length > 1 ? 'them' : 'it'} and start again:\n${howTo(missing)}`,
  );
}

function howTo(missing) {
  const dnf = missing.map((tool) => tool.dnf).join(' ');
  const brew = missing.map((tool) => tool.brew).filter(Boolean);
  const mac = [
    missing.some((tool) => !tool.brew) ? 'xcode-select --install' : '',
    brew.length ? `brew install ${brew.join(' ')}` : '',
  ];
  return [
    `  Debian, Ubuntu:  sudo apt-get install ${missing.map((tool) => tool.apt).join(' ')}`,
    `  Fedora:          sudo dnf install ${dnf}`,
    `  macOS:           ${mac.filter(Boolean).join(' && ')}`,
  ].join('\n');
}
