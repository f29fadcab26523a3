/** Control characters that part fields and do nothing else: of Hive (SOH), and of ASCII itself (unit separator). */
export const SEPARATORS = ['\u0001', '\u001f'] as const;
