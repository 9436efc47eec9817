# SPDX-License-Identifier: MIT
"""What jupyter_kernel_test does not look at: interrupts, displays, clients, signatures, endings."""

import base64
import os
import signal
import subprocess
import sys
import tempfile
import time

from kernels import HENGE, Kernel, is_running, kinds, result, silence, stream, wait_for

TRAINER = ('A = faces("anime", 12, size=24x24); B = faces("photo", 12, size=24x24); '
           "t = cyclegan(A, B, base=4, blocks=1);")


def test_a_kernel_answers_soon():
    for transport in ["tcp", "ipc"]:
        with Kernel(transport=transport) as kernel:
            times = []
            for _ in range(20):
                begin = time.monotonic()
                assert result(kernel.run("1+1")[1]) == "2"
                times.append(time.monotonic() - begin)
            assert sorted(times)[10] < 0.05, times


def test_the_welcome_is_sent_before_anything_can_be_lost():
    with Kernel() as kernel:
        client = kernel.manager.client()
        client.start_channels()
        message = client.get_iopub_msg(timeout=10)
        assert message["msg_type"] == "iopub_welcome", message
        assert message["content"] == {"subscription": ""}
        client.stop_channels()


def test_every_request_has_a_reply_between_busy_and_idle():
    with Kernel() as kernel:
        requests = [
            ("kernel_info_request", {}), ("is_complete_request", {"code": "1 +"}),
            ("complete_request", {"code": "zer", "cursor_pos": 3}),
            ("inspect_request", {"code": "zeros", "cursor_pos": 3, "detail_level": 1}),
            ("history_request", {"hist_access_type": "tail", "n": 3, "output": False, "raw": True}),
            ("comm_info_request", {}), ("execute_request", {"code": "1"}),
            ("execute_request", {"code": ""}), ("execute_request", {}),
            ("interrupt_request", {}),
        ]
        for channel in ["shell", "control"]:
            for kind, content in requests:
                if channel == "control" and kind == "execute_request":
                    continue
                reply, published = kernel.ask(kind, content, channel)
                assert reply["status"] in ["ok", "complete", "incomplete", "aborted"], (kind, reply)
                states = [m["content"].get("execution_state") for m in published]
                assert states[0] == "busy" and states[-1] == "idle", (kind, states)
        # What nobody knows is not answered, but it is done with.
        message = kernel.client.session.msg("unknown_request", {})
        kernel.client.shell_channel.send(message)
        assert kinds(kernel.published(message["header"]["msg_id"])) == ["status", "status"]


def test_interrupts_by_message_and_by_signal():
    with Kernel() as kernel:
        for stop in [kernel.manager.interrupt_kernel,
                     lambda: os.kill(kernel.process, signal.SIGINT)]:
            request = kernel.send("n = 0; while true { n = n + 1 }")
            kernel.wait_until_running(request)
            begin = time.monotonic()
            stop()
            reply, published = kernel.answer(request)
            assert time.monotonic() - begin < 2
            assert (reply["status"], reply["ename"]) == ("error", "E-interrupt"), reply
            shown = [kind for kind in kinds(published) if kind != "status"]
            assert shown == ["error"], kinds(published)
            assert kernel.is_well()
            # One that comes too late is meant for no cell.
            stop()
            time.sleep(0.3)
            assert kernel.is_well()


def test_a_training_stops_at_a_whole_step_and_goes_on():
    with Kernel() as kernel:
        kernel.run(TRAINER)
        request = kernel.send("t.step(100000)")
        kernel.wait_until_running(request)
        time.sleep(1)
        kernel.manager.interrupt_kernel()
        reply, _ = kernel.answer(request)
        assert "consistent" in reply["evalue"], reply["evalue"]
        count = int(result(kernel.run("t.count")[1]))
        assert count > 0
        assert kernel.run("t.step(1)")[0]["status"] == "ok"
        assert int(result(kernel.run("t.count")[1])) == count + 1


def test_a_training_updates_one_display_and_its_last_state_stays():
    with Kernel() as kernel:
        kernel.run(TRAINER)
        request = kernel.send("t.step(100000)")
        messages = []
        begin = time.monotonic()
        while time.monotonic() - begin < 4:
            message = kernel.client.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") == request:
                messages.append(message)
        kernel.manager.interrupt_kernel()
        messages += kernel.published(request)
        shown = [m for m in messages if m["msg_type"] == "display_data"]
        updates = [m for m in messages if m["msg_type"] == "update_display_data"]
        assert len(shown) == 1, kinds(messages)
        assert 2 <= len(updates) <= 12, len(updates)
        identity = shown[0]["content"]["transient"]["display_id"]
        for message in shown + updates:
            content = message["content"]
            assert content["transient"]["display_id"] == identity
            assert "step" in content["data"]["text/plain"]
            assert content["metadata"]["henge"] == "progress"
            png = base64.b64decode(content["data"]["image/png"])
            assert png.startswith(b"\x89PNG")
        assert updates[-1]["content"]["data"]["text/plain"] != \
            shown[0]["content"]["data"]["text/plain"]


def test_completion_and_inspection_while_a_cell_runs():
    with Kernel() as kernel:
        kernel.run("äpfel_und_birnen = 1; x = zeros(2x3)".replace("ä", "a"))
        kernel.run(TRAINER)
        request = kernel.send("t.step(100000)")
        kernel.wait_until_running(request)
        begin = time.monotonic()
        reply, _ = kernel.ask("complete_request", {"code": 'e = "🍎"; apf', "cursor_pos": 12})
        assert reply["matches"] == ["apfel_und_birnen"], reply
        assert (reply["cursor_start"], reply["cursor_end"]) == (9, 12)
        types = reply["metadata"]["_jupyter_types_experimental"]
        assert types == [{"text": "apfel_und_birnen", "type": "int", "start": 9, "end": 12}]
        reply, _ = kernel.ask("inspect_request", {"code": "x", "cursor_pos": 1})
        assert "f32 2x3" in reply["data"]["text/plain"]
        reply, _ = kernel.ask("inspect_request", {"code": "t.g_ab(x)", "cursor_pos": 1})
        assert reply["found"]
        assert time.monotonic() - begin < 3
        kernel.manager.interrupt_kernel()
        kernel.reply(request)
        # After the cell, what it defined is known.
        first = kernel.send("a_new_name = 3")
        message = kernel.client.session.msg("complete_request", {"code": "a_new", "cursor_pos": 5})
        kernel.client.shell_channel.send(message)
        assert kernel.reply(first)["status"] == "ok"
        reply = kernel.reply(message["header"]["msg_id"])
        assert reply["matches"] == ["a_new_name"], reply


def test_cells_behind_an_error_are_not_run():
    with Kernel() as kernel:
        # All of them wait before it fails.
        kernel.send("!sleep 0.5")
        first = kernel.send("nothing")
        others = [kernel.send(f"print({n})") for n in range(20)]
        assert kernel.reply(first)["status"] == "error"
        for other in others:
            assert kernel.reply(other)["status"] == "aborted"
        last = kernel.published(others[-1])
        assert kinds(last) == ["status", "status"]
        assert kernel.is_well()
        kernel.send("!sleep 0.3")
        first = kernel.send("nothing", stop_on_error=False)
        second = kernel.send("5")
        assert kernel.reply(first)["status"] == "error"
        assert kernel.reply(second)["status"] == "ok"


def test_numbers_of_cells_are_those_of_in_and_out():
    with Kernel() as kernel:
        assert kernel.run("6 * 7")[0]["execution_count"] == 1
        # What a client looks up for itself is not numbered, and leaves nothing.
        reply, published = kernel.run("ans + 1", silent=True)
        assert reply["execution_count"] == 1 and kinds(published) == ["status", "status"]
        assert kernel.run("1 + nothing", store_history=False)[0]["status"] == "error"
        assert kernel.run("5;", store_history=False)[0]["execution_count"] == 1
        assert kernel.run(":pwd")[0]["execution_count"] == 1
        reply, published = kernel.run("Out[1] + ans")
        assert reply["execution_count"] == 2 and result(published) == "84"
        assert result(kernel.run("In[2]")[1]) == '"Out[1] + ans"'
        # What changes the session is numbered, so that it can be undone and saved.
        kernel.run("x = 3", silent=True)
        assert result(kernel.run("In[4]")[1]) == '"x = 3"'
        kernel.run(":back to 3")
        assert kernel.run("x")[0]["ename"] == "E-name"


def test_two_clients_of_one_kernel():
    with Kernel() as kernel:
        other = kernel.connect()
        mine, theirs = kernel.send("print(1)"), other.execute("print(2)")
        assert stream(kernel.published(theirs)) == "2\n"
        assert stream(kernel.published(mine, other)) == "1\n"
        assert kernel.reply(theirs, client=other)["status"] == "ok"
        assert kernel.reply(mine)["status"] == "ok"
        other.stop_channels()
        assert kernel.is_well()


def test_a_client_that_is_killed_takes_nothing_with_it():
    with Kernel() as kernel:
        code = f"""if True:
            from jupyter_client import BlockingKernelClient
            client = BlockingKernelClient(connection_file={kernel.manager.connection_file!r})
            client.load_connection_file()
            client.start_channels()
            client.wait_for_ready(timeout=30)
            client.execute('for i in 0..200000 {{ print(i) }}')
            client.get_iopub_msg(timeout=30)
            print("ready", flush=True)
            import time; time.sleep(100)"""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.wait()
        assert kernel.is_well()


def test_restart_of_a_busy_kernel():
    with Kernel() as kernel:
        kernel.run("x = 1")
        kernel.wait_until_running(kernel.send("while true { 1 }"))
        begin = time.monotonic()
        kernel.manager.restart_kernel()
        assert time.monotonic() - begin < 10
        kernel.client.stop_channels()
        kernel.client = kernel.connect()
        assert kernel.run("x")[0]["ename"] == "E-name"


def test_shutdown_is_answered_by_control_and_told_to_all():
    for code in ["1", "while true { 1 }"]:
        with Kernel() as kernel:
            request = kernel.send(code)
            kernel.wait_until_running(request)
            message = kernel.client.session.msg("shutdown_request", {"restart": False})
            kernel.client.control_channel.send(message)
            identity = message["header"]["msg_id"]
            assert kernel.reply(identity, "control") == {"status": "ok", "restart": False}
            assert "shutdown_reply" in kinds(kernel.published(identity))
            wait_for(lambda: not kernel.manager.is_alive(), "the kernel is still there", 8)


def test_questions_are_refused_where_nobody_answers():
    with Kernel() as kernel:
        for allowed in [False, True]:
            request = kernel.send('!read line || echo "no input"', allow_stdin=allowed)
            reply, published = kernel.answer(request)
            assert reply["status"] == "ok" and stream(published) == "no input\n"
            assert silence(kernel.client.get_stdin_msg, 0.1)
        for command in [":edit", ":lesson"]:
            reply, _ = kernel.run(command, allow_stdin=False)
            assert reply["ename"] == "E-arg" and "needs a terminal" in reply["evalue"], reply


def test_other_keys_and_repeated_messages_are_ignored():
    with Kernel() as kernel:
        client, session = kernel.client, kernel.client.session
        request = session.msg("kernel_info_request", {})
        frames = session.serialize(request)
        for socket, get in [(client.shell_channel.socket, client.get_shell_msg),
                            (client.control_channel.socket, client.get_control_msg)]:
            wrong = list(frames)
            wrong[1] = b"0" * 64
            socket.send_multipart(wrong)
            wrong[1] = b""
            socket.send_multipart(wrong)
            assert silence(get)
        client.shell_channel.socket.send_multipart(frames)
        assert client.get_shell_msg(timeout=10)["msg_type"] == "kernel_info_reply"
        client.shell_channel.socket.send_multipart(frames)
        client.control_channel.socket.send_multipart(frames)
        assert silence(client.get_shell_msg) and silence(client.get_control_msg)
        assert kernel.is_well()


def test_ten_megabytes_of_output():
    with Kernel() as kernel:
        request = kernel.send('line = "äöü 🍎" * 100; for i in 0..8000 { print(line) }')
        published = kernel.published(request)
        text = stream(published)
        assert text == ("äöü 🍎" * 100 + "\n") * 8000
        assert len(text.encode()) > 8_000_000
        assert len(published) < 60, len(published)
        # Of another program, in pieces of its own.
        request = kernel.send("!head -c 10000000 /dev/zero | tr '\\0' a; echo; echo end >&2")
        published = kernel.published(request)
        assert stream(published) == "a" * 10_000_000 + "\n"
        assert stream(published, "stderr") == "end\n"


def test_unicode_in_every_field():
    word = "ä🍎 e\u0301 \u202e 中"
    with Kernel() as kernel:
        session = kernel.client.session
        session.username = word
        request = session.msg("execute_request", {
            "code": f'print("{word}"); x = "{word}"; x', "silent": False, "store_history": True,
            "user_expressions": {word: "x"}, "allow_stdin": False, "stop_on_error": True,
        }, metadata={word: [word]}, parent={"header": {"msg_id": word}})
        kernel.client.shell_channel.send(request)
        reply, published = kernel.answer(request["header"]["msg_id"])
        assert stream(published) == word + "\n"
        # What would turn the text around is written out in an echo.
        value = reply["user_expressions"][word]["data"]["text/plain"]
        assert value == f'"{word}"'.replace("\u202e", "\\u202e"), value
        assert all(m["parent_header"]["username"] == word for m in published)
        error, published = kernel.run(f'assert false, "{word}"')
        assert error["status"] == "error"
        history, _ = kernel.ask("history_request", {
            "hist_access_type": "search", "pattern": "*🍎*", "n": 5, "output": True, "raw": True,
            "session": 0, "unique": True})
        assert len(history["history"]) == 2 and word in history["history"][0][2][0]


def test_programs_of_the_system_stream_and_stop():
    with Kernel() as kernel:
        request = kernel.send("!echo first; sleep 100; echo second")
        kernel.published(request, until=lambda m: stream([m]) == "first\n")
        kernel.manager.interrupt_kernel()
        reply, _ = kernel.answer(request)
        assert reply["ename"] == "E-interrupt", reply
        # What it leaves in the background does not keep the cell.
        begin = time.monotonic()
        assert stream(kernel.run("!sleep 5 & echo done")[1]) == "done\n"
        assert time.monotonic() - begin < 3


def test_a_kernel_ends_with_the_program_that_started_it():
    with tempfile.TemporaryDirectory() as folder:
        code = f"""if True:
            from jupyter_client.manager import KernelManager
            manager = KernelManager(kernel_name="henge")
            manager.start_kernel(cwd={folder!r})
            print(manager.provisioner.pid, flush=True)
            import time; time.sleep(100)"""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        kernel = int(process.stdout.readline())
        process.kill()
        process.wait()
        wait_for(lambda: not is_running(kernel), "the kernel is still there", 10)


def test_a_session_that_a_signal_ends_is_kept():
    with Kernel() as kernel:
        kernel.run("apples = 3")
        os.kill(kernel.process, signal.SIGTERM)
        wait_for(lambda: not kernel.manager.is_alive(), "the kernel is still there", 8)
    said = subprocess.run([HENGE, "--recover", "-i"], input="apples\n", capture_output=True,
                          text=True, check=True)
    assert said.stdout.strip().endswith("3"), said


def test_wrong_connection_files_are_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/c.json"
        for text, words in [("{", "no connection file"), ("{}", "it has no `ip`")]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            said = subprocess.run([HENGE, "kernel", "-f", path], capture_output=True, text=True)
            assert said.returncode == 1 and words in said.stderr, said
    for words in [["kernel"], ["kernel", "--user"], ["--install"],
                  ["kernel", "--install", "-f", "x"], ["kernel", "--install", "--name", "a b"]]:
        said = subprocess.run([HENGE, *words], capture_output=True, text=True)
        assert said.returncode in (1, 2) and said.stderr, words


def test_nothing_is_loaded_that_only_a_kernel_needs():
    def libraries(process):
        with open(f"/proc/{process}/maps", encoding="utf-8") as file:
            return file.read()
    with subprocess.Popen([HENGE, "-e", "print(1); while true { 1 }"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout.readline() == b"1\n"
        assert "libzmq" not in libraries(shell.pid)
        shell.kill()
    with Kernel() as kernel:
        loaded = libraries(kernel.process)
        assert "libzmq" in loaded
        assert "libhdf5" not in loaded and "libcairo" not in loaded
