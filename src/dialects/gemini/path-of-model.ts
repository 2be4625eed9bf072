/** The path of a model, which may be written as the API lists it (`models/…`) and hold slashes. */
export function pathOfModel(model: string): string {
  const name = model.replace(/^models\//, '')
  return `/models/${name.split('/').map(encodeURIComponent).join('/')}`
}
