export async function inspectPeers(
  _root: string,
  _peers: readonly string[],
): Promise<(work: unknown) => Promise<void>> {
  return () => Promise.resolve();
}
