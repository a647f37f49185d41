/**
 * Discord as a platform: `startDiscord` connects, tells `Ears` what is said, and gives the `Surface` that replies go to;
 * `startShards` does so in as many processes as Discord wants; `checkDiscord` says for doctor how it stands.
 */
export { type CheckOptions, checkDiscord, type DiscordCheck } from './check.ts';
export { inviteLink, permissionsOf } from './invite.ts';
export type { Me } from './me.ts';
export { type Running, type ShardsOptions, shardOf, startShards } from './shards.ts';
export { type Discord, type DiscordOptions, startDiscord } from './start.ts';
