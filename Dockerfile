# The daemon as one service: not root, a slim base, the page built in a stage of its own.
FROM node:22-bookworm-slim AS page
WORKDIR /build/dashboard/web
COPY dashboard/web/package.json dashboard/web/package-lock.json dashboard/web/.npmrc ./
RUN npm ci
COPY dashboard/web/ ./
RUN npm run build -- --outDir /build/static --emptyOutDir

FROM python:3.12-slim-bookworm
# Debian keeps only the newest build of a release: a pinned one could not be had tomorrow.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes bubblewrap git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 kaizen \
    && install -d -o kaizen -g kaizen /data
WORKDIR /app
COPY requirements-image.lock pyproject.toml README.md LICENSE hatch_build.py ./
RUN pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY director/ director/
COPY agents/ agents/
COPY ledger/ ledger/
COPY knowledge_graph/ knowledge_graph/
# The page's sources stay behind: with them here, packaging would want to build the page again, and there is no Node.
COPY dashboard/__init__.py dashboard/build.py dashboard/typescript.py dashboard/
COPY dashboard/server/ dashboard/server/
COPY --from=page /build/static dashboard/server/static
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
USER 10001
ENV KAIZEN_HOME=/data KAIZEN_BEHIND_LOOPBACK=true
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-P", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/health', headers={'Host': '127.0.0.1:8000'}), timeout=4)"]
ENTRYPOINT ["kaizen"]
CMD ["up", "--foreground", "--port", "8000"]
