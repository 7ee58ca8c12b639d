// Bytes as a file or JSON carries them, in base64.
export const asText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
