# Wisecrack on the CPU. Build: docker build -t wisecrack .      Run: docker compose up
FROM node:24-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ cmake make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /wisecrack
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node cli/wisecrack.mjs build && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf test build/native/CMakeFiles

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /wisecrack
COPY --from=build --chown=node:node /wisecrack .
# What is kept between containers, see docker-compose.yml.
RUN install -d -o node -g node -m 700 .wisecrack
USER node
# An exec-form entry point: signals reach Node, so running replies are handed back before the container ends.
ENTRYPOINT ["node", "cli/wisecrack.mjs"]
CMD ["start"]
