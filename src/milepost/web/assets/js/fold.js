// Text as one searches it: small letters without marks. The barred l has no mark to take away.
export const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[łŁ]/g, "l")
    .toLowerCase()
    .trim();
