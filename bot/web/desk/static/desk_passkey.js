// Passkeys: what the gateway asks of the browser, and what the browser answers, as text.
import { call, fault } from "./desk_base.js";

export const supported = typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);

const USED = "desk-passkey";
/** Whether somebody came in by a passkey here when they last logged in: then it stands first. It says no name. */
export const usual = () => { try { return localStorage.getItem(USED) !== null; } catch { return false; } };
export const setUsual = (yes) => { try { yes ? localStorage.setItem(USED, "1") : localStorage.removeItem(USED); } catch { /* not kept, then */ } };

/** The gateway has refused; the message says why. */
export class Refused extends Error {}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const asked = async (path) => {
  const answer = await call("POST", path);
  if (answer.status !== 200) throw new Refused(fault(answer));
  return answer.data;
};
const named = (found, response) => ({ id: found.id, rawId: text(found.rawId), type: found.type, response });

/** A signature for a challenge of `path`. Throws what the browser throws when the person does not want to. */
export const signed = async (path) => {
  const options = await asked(path);
  const found = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] } });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return named(found, {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
    userHandle: userHandle?.byteLength ? text(userHandle) : null,
  });
};

/** A new passkey, for a challenge of `path`. */
export const made = async (path) => {
  const options = await asked(path);
  const found = await navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) })),
  } });
  return named(found, { clientDataJSON: text(found.response.clientDataJSON), attestationObject: text(found.response.attestationObject) });
};
