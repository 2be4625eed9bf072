/** The field of a request body in which a client speaks to the gateway itself, in every dialect. It goes no further. */
export const OPTIONS_FIELD = 'gatehouse'
