/** Types of the standalone validators that scripts/make-validators.mjs writes beside the compiled file (ajv, standalone code). */

export interface ValidatorError {
  /** JSON pointer. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface Validator {
  (value: unknown): boolean
  /** Of the last call. */
  readonly errors: readonly ValidatorError[] | null
}

/** By `apiVersion Kind`. */
export declare const validators: Readonly<Record<string, Validator>>
