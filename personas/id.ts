/**
 * What a persona's id may be, which is the name of its file without the ending: small letters, digits, _ and -, at most 32. Imports nothing:
 * the dashboard's page uses it, too.
 */
export const PERSONA_ID = /^[a-z0-9][a-z0-9_-]{0,31}$/;
