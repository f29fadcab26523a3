/** The login role of Smart City. It owns nothing, and has no rights outside this schema. */
export const CITY_ROLE = 'symphainy_city';
