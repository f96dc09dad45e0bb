// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/identify_system.h"

static void copy(const json_t *value, char *to, size_t size)
{
	const char *s = json_string_value(value);

	/* Docker's names start with a slash. */
	if (s && *s == '/')
		s++;
	(void)snprintf(to, size, "%s", s ? s : "");
}

/* podman: ImageName; docker: Config.Image. Both have Image: a digest. */
static void take_image(const json_t *item, struct attest_container_info *info)
{
	const json_t *image = json_object_get(item, "ImageName");

	if (!image)
		image =
		    json_object_get(json_object_get(item, "Config"), "Image");
	copy(image, info->image, sizeof(info->image));
	info->runtime =
	    json_object_get(item, "ImageName") ? "podman" : "docker";
}

int attest_container_parse_inspect(const char *text, size_t len,
				   struct attest_container_info *ret_info)
{
	struct attest_container_info info = { .pid = 0 };
	json_auto_t *root = json_loadb(text, len, 0, NULL);
	const json_t *item;
	const json_t *pid;

	if (!json_is_array(root))
		return -EINVAL;
	item = json_array_get(root, 0);
	if (!item)
		return -ENOENT;
	copy(json_object_get(item, "Id"), info.id, sizeof(info.id));
	copy(json_object_get(item, "Name"), info.name, sizeof(info.name));
	pid = json_object_get(json_object_get(item, "State"), "Pid");
	if (!info.id[0] || !json_is_integer(pid) ||
	    json_integer_value(pid) < 0 || json_integer_value(pid) > 1 << 22)
		return -EINVAL;
	if (json_integer_value(pid) == 0)
		return -ESRCH;
	info.pid = (pid_t)json_integer_value(pid);
	take_image(item, &info);
	*ret_info = info;
	return 0;
}

int attest_container_parse_state(const char *text, size_t len, pid_t *ret_pid)
{
	json_auto_t *root = json_loadb(text, len, 0, NULL);
	const json_t *pid = json_object_get(root, "init_process_pid");

	if (!pid)
		pid = json_object_get(root, "pid");
	if (!json_is_integer(pid) || json_integer_value(pid) < 1 ||
	    json_integer_value(pid) > 1 << 22)
		return -EINVAL;
	*ret_pid = (pid_t)json_integer_value(pid);
	return 0;
}
