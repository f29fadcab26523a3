export interface DependencyConstraint {
  readonly sourceTag: string;
  readonly onlyDependOnLibsWithTags: readonly string[];
}

export interface Boundaries {
  readonly floors: readonly number[];
  readonly planes: readonly string[];
  /** Driver (package name, or prefix ending in `/`) → the only projects that may use it. */
  readonly drivers: Readonly<Record<string, string | readonly string[]>>;
  readonly appDoors: readonly string[];
  /** Doors of the realms whose services the scorecard measures. */
  readonly measuredDoors: readonly string[];
  /** Pure library → the Node built-ins it may use all the same. */
  readonly pureLibraries: Readonly<Record<string, readonly string[]>>;
  readonly impureGlobals: readonly string[];
  readonly depConstraints: readonly DependencyConstraint[];
  /** The same for test code. */
  readonly testConstraints: readonly DependencyConstraint[];
  restrictedImports(project: string): readonly { readonly regex: string; readonly message: string }[];
  allowedApplications(project: string): readonly string[];
}

export function boundaries(): Boundaries;
