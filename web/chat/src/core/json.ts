const KINDS = [Object, Array, String, Number, Boolean];

/**
 * JSON as the language defines it. Old script libraries, which pages of the bureau may still load, give the
 * built-in kinds a `toJSON` that makes strings of arrays; it is set aside meanwhile.
 */
export function toJson(value: unknown): string {
  const aside: [object, PropertyDescriptor][] = [];
  for (const { prototype } of KINDS) {
    const own = Object.getOwnPropertyDescriptor(prototype, "toJSON");
    if (own?.configurable && Reflect.deleteProperty(prototype, "toJSON")) aside.push([prototype, own]);
  }
  try {
    return JSON.stringify(value);
  } finally {
    for (const [prototype, own] of aside) Object.defineProperty(prototype, "toJSON", own);
  }
}
