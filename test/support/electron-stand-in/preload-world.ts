/**
 * The script that runs the built preload before the page's own: a `require` that knows only what a sandboxed preload
 * may have, and a bridge that hands over plain functions and values. Electron keeps the preload in a world of its own;
 * here it shares the page's, which is why nothing about isolation is proved by it.
 */
export function preloadScript(preload: string): string {
  return `(() => {
  if (window !== window.top) return;
  const listeners = new Map();
  const ipcRenderer = {
    invoke: (channel, ...values) => window.standInInvoke(channel, values),
    on(channel, listener) {
      const forward = (event) => listener({ sender: ipcRenderer }, ...event.detail);
      listeners.set(listener, forward);
      window.addEventListener('stand-in:' + channel, forward);
      return ipcRenderer;
    },
    removeListener(channel, listener) {
      window.removeEventListener('stand-in:' + channel, listeners.get(listener));
      return ipcRenderer;
    },
  };
  const contextBridge = {
    exposeInMainWorld(name, api) {
      if (name in window) throw new Error(name + ' is taken');
      Object.defineProperty(window, name, { value: Object.freeze({ ...api }), enumerable: true });
    },
  };
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer, contextBridge };
    throw new Error('a sandboxed preload cannot require ' + name);
  };
  const module = { exports: {} };
  ((require, module, exports) => {
${preload}
  })(require, module, module.exports);
})();`
}
