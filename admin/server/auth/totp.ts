import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;

function totpOf(secret: string, name: string): TOTP {
  return new TOTP({ issuer: 'Wisecrack', label: name, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });
}

/** A new secret, and the address that an authenticator takes as a QR code. */
export function offerTotp(name: string): { secret: string; url: string } {
  const secret = new Secret({ size: 20 }).base32;
  return { secret, url: totpOf(secret, name).toString() };
}

/** The time step that a code is of, so that it is used once; undefined when it is wrong. A clock may be one step off. */
export function stepOf(secret: string, name: string, code: string, now = Date.now()): number | undefined {
  const delta = totpOf(secret, name).validate({ token: code, timestamp: now, window: 1 });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}
