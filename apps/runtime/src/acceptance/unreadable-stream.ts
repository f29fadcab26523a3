import { PlatformError } from '@symphainy/kernel';

/** Whether it is the archive that failed (`archive.unreadable`): of the stream that was asked for, and of no other. */
export const isUnreadable = (error: unknown): error is PlatformError => error instanceof PlatformError && error.code === 'archive.unreadable';
