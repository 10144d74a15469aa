# Builds the worker in one stage and keeps only what it needs to run in the other.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends libmongoc-dev librabbitmq-dev libsqlite3-dev libssl-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
# For `--version`: docker build --build-arg COMMIT="$(git rev-parse HEAD)" .
ARG COMMIT=
ENV BUILD_COMMIT=$COMMIT
RUN swift build -c release --product chat3-update-worker --static-swift-stdlib \
  && strip -s -o /usr/local/bin/chat3-update-worker \
    "$(swift build -c release --static-swift-stdlib --show-bin-path)/chat3-update-worker"

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libmongoc-1.0-0 librabbitmq4 libsqlite3-0 libssl3 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --no-create-home worker
COPY --from=build /usr/local/bin/chat3-update-worker /usr/local/bin/chat3-update-worker
USER worker
# A report of a crash would show pieces of memory, credentials among them.
ENV SWIFT_BACKTRACE=enable=no
STOPSIGNAL SIGTERM
# Probes and Prometheus come from outside the container.
ENV UPDATE_WORKER_HTTP=0.0.0.0:9464
EXPOSE 9464
# The image has nothing that speaks HTTP, except that bash can open a connection.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /health/live HTTP/1.1\\r\\nHost: worker\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["chat3-update-worker"]
CMD ["run"]
