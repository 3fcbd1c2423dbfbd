# The server without its compiler and without the embedded PostgreSQL. It needs no root, and writes checkpoints alone.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY console ./console
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json build.js digest.js ormconfig.ts ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build
RUN npm prune --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A new volume for the checkpoints of the history takes its owner from here.
RUN install -d -o node -g node /var/lib/course-entitlements
USER node
EXPOSE 4000
# Whether the process lives. Load balancers ask /readyz, which also knows about PostgreSQL.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
