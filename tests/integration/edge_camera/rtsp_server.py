"""A camera on RTSP for the tests: GStreamer's server, with digest authentication.

Run by the system's own Python, which has GStreamer's bindings; prints its port when it is ready.

    rtsp_server.py USER PASSWORD H264_FILE
"""

import sys

import gi  # type: ignore[import-not-found]  # the system's, not ours

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import (  # type: ignore[import-not-found]  # noqa: E402 - versions first
    GLib,
    Gst,
    GstRtsp,
    GstRtspServer,
)

MJPEG = (
    "( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 "
    "! jpegenc ! rtpjpegpay name=pay0 )"
)
H264 = '( filesrc location="{}" ! qtdemux ! rtph264pay name=pay0 config-interval=-1 )'


def main(user: str, password: str, h264_file: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.set_auth(digest_for(user, password))
    for path, launch in (("/mjpeg", MJPEG), ("/h264", H264.format(h264_file))):
        server.get_mount_points().add_factory(path, factory_for(user, launch))
    server.attach(None)
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def digest_for(user: str, password: str) -> "GstRtspServer.RTSPAuth":
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, user)
    auth.add_digest(user, password, token)
    return auth


def factory_for(user: str, launch: str) -> "GstRtspServer.RTSPMediaFactory":
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(True)
    factory.add_role_from_structure(role_of(user))
    return factory


def role_of(user: str) -> "Gst.Structure":
    role, _ = Gst.Structure.from_string(
        f"{user}, {GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS}=(boolean)true, "
        f"{GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT}=(boolean)true"
    )
    return role


main(*sys.argv[1:])
