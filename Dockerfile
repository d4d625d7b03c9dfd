# One image for api and worker; the command chooses.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p xunjian-api -p xunjian-worker \
    && install -D -t /out target/release/xunjian-api target/release/xunjian-worker

FROM debian:bookworm-slim
# ca-certificates: mail servers and storage are reached by TLS. curl: the health check. fonts: reports.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl fonts-lxgw-wenkai fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --uid 10001 --no-create-home xunjian \
    && install -d -o xunjian -g xunjian -m 700 /var/lib/xunjian
COPY --from=build /out/ /usr/local/bin/
USER xunjian
ENV XUNJIAN_DATA_DIR=/var/lib/xunjian \
    XUNJIAN_BIND=0.0.0.0:8080
VOLUME /var/lib/xunjian
EXPOSE 8080
# Both stop by SIGTERM within 10 seconds.
STOPSIGNAL SIGTERM
CMD ["xunjian-api", "serve"]
