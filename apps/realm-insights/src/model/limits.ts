/** What one mash may take. */
export const limits = {
  /** Of the engine: what does not fit goes to disk. */
  mashMemoryMib: 512,
  /** Of the process besides: documents are read whole. */
  mashOverheadMib: 768,
  /** Intermediate results on disk. */
  mashDiskMib: 8_192,
  /** All sources together, as they are read. */
  sourceBytes: 8 * 1024 ** 3,
  /** One document. */
  documentBytes: 128 * 1024 ** 2,
  /** One piece of work of a process. */
  mashMs: 480_000,
} as const;
