// Verifies deliveries with the reference libraries: node verify.mjs FOLDER FILE, where FOLDER has node_modules and FILE what was received.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [folder, file] = process.argv.slice(2);
const require = createRequire(folder + '/');
const libraries = { standardwebhooks: require('standardwebhooks').Webhook, svix: require('svix').Webhook };
const { secret, received, now } = JSON.parse(readFileSync(file, 'utf8'));

// The libraries take the time from the clock: skew is tried by turning it.
if (now) {
  Date.now = () => now;
  const Real = Date;
  globalThis.Date = class extends Real { constructor(...a) { super(...(a.length ? a : [now])); } static now() { return now; } };
}
const results = {};
for (const [name, Webhook] of Object.entries(libraries)) {
  results[name] = received.map(r => {
    try {
      const told = new Webhook(secret).verify(r.body, { 'webhook-id': r.id, 'webhook-timestamp': r.timestamp, 'webhook-signature': r.signature });
      return told.type;
    } catch (e) {
      return 'refused: ' + e.message;
    }
  });
}
console.log(JSON.stringify(results));
