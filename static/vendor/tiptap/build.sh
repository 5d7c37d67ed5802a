#!/bin/sh
# Builds ../tiptap-3.32.2.min.js and its licences from npm. Needs Node; nobody needs Node to run the platform.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/entry.js" "$work"
cd "$work"
npm install --no-audit --no-fund --no-package-lock --loglevel=error
echo 'export default () => ({});' > no-markdown-it.js
npx esbuild entry.js --bundle --minify --format=esm --target=es2022 --legal-comments=none \
  --alias:markdown-it=./no-markdown-it.js --log-level=warning --metafile=meta.json --outfile="$here/../tiptap-3.32.2.min.js"
node "$here/licences.cjs" meta.json > "$here/../tiptap-LICENSES.txt"
