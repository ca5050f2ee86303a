// The models of the page's widgets: made of their saved states, each when it is first asked for.

import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import "anywidget";
import { kept } from "./define.js";

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: kept.make(base),
};

export class Manager extends ManagerBase {
  constructor(saved, heard) {
    super();
    this.saved = saved;
    this.heard = heard; // what a reader did goes here, until there is a kernel
    // What follows another widget by itself is in no picture: it starts when that widget is there.
    this.links = Object.keys(saved).filter((id) => saved[id].model_name.endsWith("LinkModel"));
  }

  get_model(id) {
    if (!this.has_model(id) && id in this.saved) {
      const { state, ...about } = this.saved[id];
      this.new_model({ ...about, model_id: id, comm: standIn(this, id) }, { ...state });
      for (const link of this.links)
        if (this.saved[link].state.source?.[0] === `IPY_MODEL_${id}`) this.get_model(link);
    }
    return super.get_model(id);
  }

  async create_view(model, options) {
    const view = await super.create_view(model, options);
    if (view.el.matches(".widget-slider")) nameSlider(view.el);
    return view;
  }

  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`${name} of ${module} is not part of this page.`);
    return found;
  }

  async show(id, place) {
    const view = await this.create_view(await this.get_model(id));
    place.replaceChildren();
    Widget.attach(view.luminoWidget, place);
    return view;
  }

  async _create_comm(_, id) {
    return standIn(this, id);
  }

  async _get_comm_info() {
    return {};
  }
}

function nameSlider(slider) {
  // ipywidgets gives it no accessible name
  const name = slider.querySelector(".widget-label")?.textContent || "value";
  const readout = slider.querySelector(".widget-readout");
  readout?.setAttribute("role", "textbox");
  for (const part of [...slider.querySelectorAll("[role=slider]"), readout])
    part?.setAttribute("aria-label", name);
}

function standIn(manager, id) {
  // where a model speaks to while there is no kernel
  const listeners = [];
  const answer = (content) => {
    for (const hear of listeners) hear({ content: { data: { method: "custom", content } } });
  };
  return {
    comm_id: id,
    on_msg: (hear) => listeners.push(hear),
    on_close() {},
    close() {},
    send(data, callbacks, _, buffers) {
      const asks = data.method === "custom" && typeof data.content === "string";
      if (asks) queueMicrotask(() => answer({}));
      else manager.heard({ id, data: structuredClone(data), buffers });
      queueMicrotask(() => callbacks?.iopub?.status?.({ content: { execution_state: "idle" } }));
      return `${id}-${Date.now()}`;
    },
  };
}
