import type { AdminRoute } from './admin-route.ts'
import { configDriftRoutes } from './config-drift.ts'
import { configObjectRoutes } from './config-objects.ts'
import { configTrialRoutes } from './config-trial.ts'
import { configVersionRoutes } from './config-versions.ts'
import { configRoutes, type ConfigRoutesNeeds } from './config.ts'
import { storedSecretRoutes, type SecretDesk } from './stored-secrets.ts'

export interface ConfiguringNeeds extends ConfigRoutesNeeds {
  readonly secrets: SecretDesk
}

/** Everything by which the configuration is looked at and changed. */
export function configuringRoutes(needs: ConfiguringNeeds): AdminRoute[] {
  return [
    ...configRoutes(needs),
    ...configDriftRoutes(needs),
    ...configObjectRoutes(needs),
    ...configVersionRoutes(needs),
    ...configTrialRoutes(needs),
    ...storedSecretRoutes(needs),
  ]
}
