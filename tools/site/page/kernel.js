// Python in a worker of this page: JupyterLite's kernel, behind the same connection that JupyterLab has to any kernel.

import { KernelConnection } from "@jupyterlab/services/lib/kernel/default.js";
import { ServerConnection } from "@jupyterlab/services/lib/serverconnection.js";
import { KernelSpecs, LiteKernelClient } from "@jupyterlite/kernel";
import { PyodideKernel } from "@jupyterlite/pyodide-kernel/lib/kernel.js";
import { WebSocket } from "mock-socket";

class Kernel extends PyodideKernel {
  initWorker() {
    return new Worker(new URL("worker.js", import.meta.url));
  }

  initRemoteOptions(options) {
    return { ...super.initRemoteOptions(options), pipliteUrls: [] }; // all there is stands in Pyodide's lock
  }
}

/** Start a kernel with the packages of the site at `root`; return a connection to it. `failed` hears why not. */
export async function startKernel(root, failed) {
  const settings = await (await fetch(new URL("jupyter-lite.json", root))).json();
  const { "@jupyterlite/pyodide-kernel-extension:kernel": python } =
    settings["jupyter-config-data"].litePluginSettings;
  const given = { ...python, pyodideUrl: new URL(python.pyodideUrl, root).href, mountDrive: false };
  const logger = ({ payload }) => payload.level === "critical" && failed(new Error(payload.data));
  const kernelSpecs = new KernelSpecs();
  kernelSpecs.register({
    spec: { name: "python", display_name: "Python", language: "python", argv: [], resources: {} },
    create: async (options) => new Kernel({ ...given, ...options, logger }),
  });
  const serverSettings = ServerConnection.makeSettings({ WebSocket, wsUrl: LiteKernelClient.WS_BASE_URL });
  const kernelAPIClient = new LiteKernelClient({ kernelSpecs, serverSettings });
  const model = await kernelAPIClient.startNew({ name: "python" });
  return new KernelConnection({ model, serverSettings, kernelAPIClient });
}
