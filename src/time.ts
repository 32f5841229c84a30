/** Milliseconds in an hour and in a day, in which instants are counted. */
export const millisecondsPerHour = 3_600_000;
export const millisecondsPerDay = 86_400_000;
