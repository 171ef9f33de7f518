/** The types of the field table that are no definitions with fields of their own. */

const SCALARS: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'any'>> = {
  string: 'string',
  Time: 'string',
  MicroTime: 'string',
  Quantity: 'string',
  integer: 'number',
  number: 'number',
  IntOrString: 'number',
  boolean: 'boolean',
  any: 'any',
  JSON: 'any',
  JSONSchemaPropsOrArray: 'any',
  JSONSchemaPropsOrBool: 'any',
  JSONSchemaPropsOrStringArray: 'any',
}

/** What a type of the field table is in JSON; null for an object. */
export function scalarOf(type: string): 'string' | 'number' | 'boolean' | 'any' | null {
  return Object.hasOwn(SCALARS, type) ? SCALARS[type]! : null
}

export function isQuantityType(type: string): boolean {
  return type === 'Quantity'
}
