import { applyTheme, chosenTheme, followSystem } from './shell/theme.ts'

// Before anything is drawn, so that a dark page does not begin as a light one.
applyTheme(chosenTheme())
followSystem()
