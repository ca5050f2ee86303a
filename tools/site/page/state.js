// The saved states of a notebook's widgets, as `pages.py` packs them: a line of JSON, then the numbers.

export async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} is missing`);
  const plain = answer.body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(plain).arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const start = 4 + length;
  for (const { state, buffers, places } of Object.values(about.state))
    for (const [k, path] of (places ?? []).entries()) {
      const [from, size] = about.buffers[buffers[k]];
      state[path] = new DataView(bytes, start + from, size);
    }
  return about;
}
