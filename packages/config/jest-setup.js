// tfjs greets every process that uses its cpu backend with a banner that advertises tfjs-node.
const { warn } = console;
console.warn = (...messages) => {
  if (!String(messages[0]).includes('Hi, looks like you are running TensorFlow.js in Node.js')) warn(...messages);
};
