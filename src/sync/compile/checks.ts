/** The checks an object goes through, as one value: the schema in the shell, and the pure rules of the model. */
import { applyDefaults } from '../../model/defaults/apply-defaults.js'
import { readClusterConfiguration } from '../../model/validate/cluster-configuration.js'
import { validateChange } from '../../model/validate/validate-change.js'
import { validateObject } from '../../model/validate/validate-object.js'
import { validateSchema } from '../schema/validate-schema.js'

export { applyDefaults, readClusterConfiguration, validateChange, validateObject, validateSchema }
